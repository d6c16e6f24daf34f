/** After all tests: a Docker daemon that was started for them ends. */
import { releaseDocker } from "../../toolchain/docker/daemon.ts";

export default () => async (): Promise<void> => releaseDocker(Number(process.env["LABWRIGHT_TEST_RUN"]));
