/** Started by the engine: `pulumi-resource-labwright ENGINE_ADDRESS`. Says its port on the first line of its output. */
import { runPlugin } from "./rpc/plugin.ts";
import { serve } from "./server.ts";

const depth = process.env["LABWRIGHT_OBSERVE"] === "full" ? "full" : "quick";

runPlugin("labwright provider", process.argv.slice(2), (engineAddress) => serve(engineAddress, depth));
