import { deletePackage, listPackages, updatePackage } from '#libs/api-client';
import { curlOf, quoted, uploadCurl } from './curl';

describe('copy as curl', () => {
  it('is the request that the page makes', () => {
    expect(curlOf(updatePackage, { id_or_name: 'a b.pkg', body: { stage: 'Prod' } }, 'https://ods.example')).toBe(
      `curl -X PATCH -H "Authorization: Bearer $ODS_TOKEN" -H 'content-type: application/json' -d '{"stage":"Prod"}' 'https://ods.example/api/admin/packages/a%20b.pkg'`,
    );
  });

  it('has the query of a list', () => {
    expect(curlOf(listPackages, { q: 'fire', limit: 50 }, 'https://ods.example')).toBe(
      `curl -H "Authorization: Bearer $ODS_TOKEN" 'https://ods.example/api/admin/packages?q=fire&limit=50'`,
    );
  });

  it('keeps a quote from ending the word', () => {
    expect(quoted("it's")).toBe(`'it'\\''s'`);
    expect(curlOf(deletePackage, { id_or_name: "o'hare.pkg" }, '')).not.toMatch(/o'hare/);
  });

  it('names the file of an upload', () => {
    expect(uploadCurl('a.pkg', 'Test', 'https://o')).toContain(`-F 'file=@a.pkg' -F 'stage=Test' 'https://o/api/admin/upload'`);
  });
});
