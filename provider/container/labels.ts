/** Labels of every container of a lab. */

/** The sandbox's key. */
export const sandboxLabel = "labwright.sandbox";
/** The node's name. */
export const nodeLabel = "labwright.node";
/** Folder of the project whose state knows it. */
export const projectLabel = "labwright.project";
