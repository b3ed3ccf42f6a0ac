import { faultOf, objectIn } from './jamf-answer.js';

const answer = (status: number, text = '', headers: Record<string, unknown> = {}) => ({ status, text, headers });
const errors = JSON.stringify({
  httpStatus: 400,
  errors: [{ code: 'DUPLICATE_FIELD', description: 'duplicate name', field: 'packageName' }],
});

describe('faultOf', () => {
  it.each([200, 201, 202, 204])('takes %i for a success', (status) => expect(faultOf(answer(status), null)).toBeNull());

  it.each([
    [400, 'rejected'],
    [302, 'rejected'],
    [401, 'sign_in_refused'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [408, 'unavailable'],
    [413, 'rejected'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ])('takes %i for %s', (status, kind) => expect(faultOf(answer(status), null)?.kind).toBe(kind));

  it('shows what Jamf Pro says as it says it', () => {
    const fault = faultOf(answer(400, errors), null);
    expect(fault?.message).toBe('Jamf Pro rejected the request (400): DUPLICATE_FIELD (packageName) duplicate name');
    expect(fault?.errors).toEqual([{ code: 'DUPLICATE_FIELD', description: 'duplicate name', field: 'packageName' }]);
  });

  it('names the privilege that is missing', () => {
    expect(faultOf(answer(403, errors), 'Create Packages')).toMatchObject({ kind: 'forbidden', privilege: 'Create Packages' });
  });

  it('knows the page of a firewall, and shows the beginning without markup', () => {
    const page = '<html><head><title>x</title></head><body><p>Error: could not be satisfied</p></body></html>';
    expect(faultOf(answer(403, page, { server: 'CloudFront' }), 'Create Packages')).toMatchObject({
      kind: 'edge_refused',
      message: 'A firewall in front of Jamf Pro refused the request (403): Error: could not be satisfied',
    });
    expect(faultOf(answer(403, page, { server: 'nginx' }), null)?.kind).toBe('forbidden');
  });

  it('shows no more than the beginning of a long page', () =>
    expect(faultOf(answer(502, 'x'.repeat(100_000)), null)!.message.length).toBeLessThan(400));
});

describe('objectIn', () => {
  it('reads an object', () => expect(objectIn(answer(200, '{"id":"1"}'))).toEqual({ id: '1' }));

  it.each(['', '[]', 'null', '<html>', '1'])('refuses %j', (text) =>
    expect(() => objectIn(answer(200, text))).toThrow('is not JSON of Jamf Pro'),
  );
});
