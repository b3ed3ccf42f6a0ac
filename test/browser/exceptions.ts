/** Operations that no page has a use for, each with its reason. */
export const exceptions: Readonly<Record<string, string>> = {
  createPackage: 'the same as uploadPackage under the name that the reference documents use for scripts',
  putPackageContent: 'for curl -T, build servers and the ods command; the console sends resumably',
  decideIdentity: 'rare and only after both machines were checked: the notice on the Network page names the command',
  getRegisteredOds: 'the list has the same fields for every server',
  describeResumableUploads: 'what of tus the server speaks is for foreign tus clients; the console comes with its server',
  listHeldDeletes: 'the earlier name of listHeldChanges, kept for scripts',
  applyHeldDeletes: 'the earlier name of applyHeldChanges, kept for scripts',
  rejectHeldDeletes: 'the earlier name of rejectHeldChanges, kept for scripts',
  acceptAuthorKey: 'on the page of publish rights, for a server that shows another key, which a browser test cannot bring about',
  overwriteJamfDistributionPoint:
    'on the page of distribution points, for one that was changed in Jamf Pro: servers in browser tests have no HTTPS address to lead there',
  makeMunkiPkginfo: 'for the AutoPkg processor ODSMunkiImporter and for scripts; the page of the repository edits what they wrote',
  getMunkiCatalog: 'for the tools of Munki (ODSRepo.py), which want the file itself; the page of the repository counts its items',
  getUser: 'the list has the same fields for everybody',
};
