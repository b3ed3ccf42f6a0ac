import { HttpErrorResponse, provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { isPassing, isTooLongForProxy, metadataOf, ResumableSender, type SendEvent, type Shipment } from './resumable-sender';

const shipment = (change: Partial<Shipment> = {}): Shipment => ({
  file: new File(['0123456789'], 'ü.pkg'),
  stage: 'Prod',
  replaces: false,
  address: null,
  ...change,
});
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('a resumable upload', () => {
  let http: HttpTestingController;
  let events: SendEvent[];
  let error: unknown;

  const send = async (what: Shipment): Promise<void> => {
    TestBed.configureTestingModule({ providers: [provideHttpClient(), provideHttpClientTesting()] });
    http = TestBed.inject(HttpTestingController);
    events = [];
    error = null;
    TestBed.inject(ResumableSender)
      .send(what)
      .subscribe({ next: (event) => events.push(event), error: (thrown) => (error = thrown) });
    await settle();
  };
  const one = (method: string) => http.expectOne((request) => request.method === method);

  it('says what the file is', () => {
    expect(metadataOf(shipment({ replaces: true }))).toBe('filename w7wucGtn,stage UHJvZA==,replace dHJ1ZQ==');
  });

  it('begins, and sends all', async () => {
    await send(shipment());
    one('POST').flush('', { headers: { Location: '/api/admin/upload/resumable/abc' } });
    await settle();
    const patch = one('PATCH');
    expect([patch.request.url, patch.request.headers.get('Upload-Offset')]).toEqual(['/api/admin/upload/resumable/abc', '0']);
    patch.flush('', { headers: { 'Upload-Offset': '10', 'ODS-Already-Existed': 'false' } });
    expect(events).toEqual([
      { kind: 'placed', address: 'abc', sent: 0 },
      { kind: 'done', existed: false },
    ]);
  });

  it('continues where it stopped', async () => {
    await send(shipment({ address: 'abc' }));
    one('HEAD').flush('', { headers: { 'Upload-Offset': '4' } });
    await settle();
    const patch = one('PATCH');
    expect([patch.request.headers.get('Upload-Offset'), (patch.request.body as Blob).size]).toEqual(['4', 6]);
  });

  it('sends smaller pieces where a proxy takes no longer ones', async () => {
    const file = new File([new Uint8Array(300_000)], 'a.pkg');
    const tooLong = { status: 413, statusText: 'Request Entity Too Large' };
    await send(shipment({ file, address: 'abc' }));
    one('HEAD').flush('', { headers: { 'Upload-Offset': '0' } });
    await settle();
    const sizes: number[] = [];
    for (const answer of ['refuse', 'refuse', 'take', 'take']) {
      const patch = one('PATCH');
      sizes.push((patch.request.body as Blob).size);
      if (answer === 'refuse') patch.flush('<html>413</html>', tooLong);
      else {
        const offset = Number(patch.request.headers.get('Upload-Offset')) + sizes.at(-1)!;
        patch.flush('', { headers: { 'Upload-Offset': String(offset) } });
      }
      await settle();
    }
    expect(sizes).toEqual([300_000, 150_000, 75_000, 75_000]);
    const said = new HttpErrorResponse({ status: 413, error: { type: 'urn:ods:problem:upload-too-large' } });
    expect([isTooLongForProxy(new HttpErrorResponse({ status: 413 })), isTooLongForProxy(said)]).toEqual([true, false]);
  });

  it('begins anew when the server has forgotten it', async () => {
    await send(shipment({ address: 'old' }));
    one('HEAD').flush('', { status: 410, statusText: 'Gone' });
    await settle();
    one('POST').flush('', { headers: { Location: '/api/admin/upload/resumable/new' } });
    await settle();
    expect(events).toEqual([{ kind: 'placed', address: 'new', sent: 0 }]);
  });

  it('ends with what cannot pass', async () => {
    await send(shipment());
    one('POST').flush('{}', { status: 507, statusText: 'Disk full' });
    await settle();
    expect(error).toMatchObject({ status: 507 });
    const status = (code: number) => new HttpErrorResponse({ status: code });
    expect([0, 423, 503, 409, 413, 401].map((code) => isPassing(status(code)))).toEqual([true, true, true, false, false, false]);
  });
});
