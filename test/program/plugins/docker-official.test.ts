import { dockerContract } from "./contract/docker.ts";

dockerContract("official", "pulumi", "docker", "official docker plugin");
