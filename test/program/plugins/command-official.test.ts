import { commandContract } from "./contract/command.ts";

commandContract("official", "pulumi", "official command plugin");
