/** Started by the engine through the script in its plugin folder: `main.ts NAME VERSION ENGINE_ADDRESS`. */
import { engineLog } from "../provider/rpc/log.ts";
import { listen, runPlugin } from "../provider/rpc/plugin.ts";
import { commandPlugin } from "./command/index.ts";
import { dockerPlugin } from "./docker/index.ts";
import { standInService } from "./service.ts";

const [name = "", version = "", ...args] = process.argv.slice(2);
const plugins = { command: commandPlugin, docker: dockerPlugin };

runPlugin(`stand-in for the plugin ${name}`, args, async (engineAddress) => {
  if (name !== "command" && name !== "docker") throw new Error(`there is none for ${JSON.stringify(name)}`);
  return listen(standInService(plugins[name](), version, engineLog(engineAddress)));
});
