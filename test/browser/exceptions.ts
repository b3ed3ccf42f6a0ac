/** Operations that no page has a use for, each with its reason. */
export const exceptions: Readonly<Record<string, string>> = {
  createPackage: 'the same as uploadPackage under the name that the reference documents use for scripts',
  getRegisteredOds: 'the list has the same fields for every server',
  describeResumableUploads: 'what of tus the server speaks is for foreign tus clients; the console comes with its server',
  getUser: 'the list has the same fields for everybody',
};

/** Parts of the API whose pages are not built yet. Goes down to nothing. */
export const unbuilt: readonly string[] = [];
