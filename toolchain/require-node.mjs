/** Loaded before the Pulumi program: says in one line what an old Node would say in many. */
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Labwright's program needs Node 22.18 or later, and this is ${process.version} (${process.execPath}). Use \`npx pulumi\` in the clone, or put its node_modules/.bin first on PATH.`,
  );
  // The SDK's code for "failed, and the user has been told why".
  process.exit(32);
}
