import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { allLabs, findLab } from "../../../labs/index.ts";

const withFaults = (await allLabs()).filter(({ faults = [] }) => faults.length > 0).map(({ name }) => name);

test("lab mtls has a fault for everything that goes wrong with certificates", async () => {
  const { faults = [] } = await findLab("mtls");
  expect(faults.map(({ title }) => title)).toEqual([
    "The server's certificate has expired.",
    "The server's certificate is not valid yet.",
    "The server's certificate is for another name.",
    "The server's certificate has no subject alternative name; its name stands in the subject alone.",
    "The client's certificate is one for servers.",
    "The server sends its own certificate alone, without those of the authorities between it and the root.",
    "The client's file begins with the wrong end of its chain.",
    "The server's key isn't that of its certificate.",
    "The intermediate authority may have no authority below it, and has one.",
    "The intermediate authority may certify names below corp.example alone.",
    "The server's certificate is signed by the server itself.",
    "The server trusts the clients of another root.",
    "The server's certificate is signed with SHA-1.",
    "The client's certificate is revoked.",
    "The client's clock is more than a year behind.",
  ]);
});

test("the faults of every lab are exercised, and CI must do so", () => {
  const files = withFaults.map((name) => `${name}.test.ts`);
  expect(readdirSync(new URL("../../exercises", import.meta.url)).sort()).toEqual(files.toSorted());
  const required = JSON.parse(readFileSync(new URL("../../required-in-ci.json", import.meta.url), "utf8")) as string[];
  expect(required).toEqual(expect.arrayContaining(files.map((file) => `test/exercises/${file}`)));
  for (const name of withFaults)
    expect(readFileSync(new URL(`../../exercises/${name}.test.ts`, import.meta.url), "utf8")).toContain(
      `exercise("${name}")`,
    );
});
