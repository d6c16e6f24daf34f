/** The Pulumi program: the stack's configuration names a lab and its settings; the lab becomes resources. */
import * as pulumi from "@pulumi/pulumi";
import { deploy } from "./components/deploy.ts";

export const { lab, nodes, sandbox } = await deploy(pulumi.getStack(), import.meta.dirname);
