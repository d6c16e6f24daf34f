/** Whether a path stays inside the node's directory, to which it is relative. */
export function isInside(file: string): boolean {
  return file !== "" && !file.startsWith("/") && !file.split("/").includes("..");
}
