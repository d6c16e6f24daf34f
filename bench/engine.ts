/** `engine.ts DIRECTORY KEY up|down`: a stack of one resource, an empty sandbox. What any `up` costs at least. */
import { Engine } from "../cli/engine/engine.ts";
import { readProject } from "../cli/stacks/project.ts";
import { Sandbox } from "../components/net.ts";

const [directory = "", key = "", verb = ""] = process.argv.slice(2);
const engine = await Engine.open(readProject(directory));
const options = { lab: "engine" };

if (verb === "up") {
  await engine.up(
    key,
    async () => ({ pid: new Sandbox("sandbox", { key, lab: "engine", hosts: [], resolvers: [] }).pid }),
    options,
  );
} else {
  await engine.destroy(key, options);
}
// gRPC and the SDK keep handles open that nobody waits for.
process.exit(0);
