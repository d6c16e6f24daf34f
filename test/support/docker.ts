/** `node docker.ts PID`: a Docker daemon for the tests that process PID runs, said as JSON. */
import { ensureDocker } from "../../toolchain/docker/daemon.ts";

console.log(JSON.stringify(await ensureDocker(Number(process.argv[2]))));
