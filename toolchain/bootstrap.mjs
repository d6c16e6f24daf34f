/**
 * The way into the project: `node toolchain/bootstrap.mjs setup|start|test|bench|compatibility|docker|lab|pulumi [ARGUMENTS]`.
 * `setup --rpki` also gets the tools of labs with rpki=full, `setup --envoy` the proxy of lab zero-trust, `setup
 * --postgresql` the server of lab mtls-database, `setup --docker` what labs in containers need, `setup --daemons`
 * further routing daemons, and `setup --tests` what only tests need; `test` gets all of them in CI, and elsewhere the
 * first two where it can.
 * Sets up what is missing, then runs the verb. Plain JavaScript without dependencies, for Node 18 and later.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { pathToFileURL } from "node:url";
import { withLock } from "./lock.mjs";
import { cacheDirectory, findOnPath, projectDirectory, projectNode } from "./paths.mjs";
import { announce, isDone, optionalGroups, packageGroups, planSetUp } from "./plan.mjs";

const inProject = (...path) => join(projectDirectory, ...path);

/** The program of each verb, with its arguments. */
const verbs = {
  setup: undefined,
  start: (rest) => [inProject("cli", "main.ts"), "start", ...rest],
  test: (rest) => [inProject("node_modules", "vitest", "vitest.mjs"), "run", "--root", projectDirectory, ...rest],
  bench: (rest) => [inProject("bench", "main.ts"), ...rest],
  compatibility: (rest) => [inProject("test", "compatibility", "main.ts"), ...rest],
  docker: (rest) => [inProject("toolchain", "docker", "main.ts"), ...rest],
  lab: (rest) => [inProject("cli", "main.ts"), ...rest],
  pulumi: (rest) => [inProject("toolchain", "run-pulumi.ts"), ...rest],
};

async function main([verb = "", ...rest]) {
  if (!Object.hasOwn(verbs, verb)) throw new UserError(`"${verb}" is none of ${Object.keys(verbs).join(", ")}.`);
  const options = optionsFor(verb, rest);
  const done = isDone(planFor(options));
  // Doctor's work is to say what is missing; it needs no more than node_modules.
  if (!done && !(verb === "lab" && rest[0] === "doctor" && !planSetUp().modules)) await setUp(options);
  const command = verbs[verb];
  if (command === undefined) {
    if (done) console.error("Everything is set up.");
    return 0;
  }
  return runProgram(command(rest));
}

/** The options of setup.ts that the verb asks for. */
function optionsFor(verb, rest) {
  if (verb === "setup") {
    const known = [...optionalGroups, ...packageGroups].map((name) => `--${name}`);
    const unknown = rest.filter((option) => !known.includes(option));
    if (unknown.length > 0) throw new UserError(`\`setup\` takes ${known.join(", ")}, and no ${unknown.join(" ")}.`);
    return rest;
  }
  if (verb !== "test") return [];
  // CI must run every test; elsewhere those are skipped whose tools can't be had.
  if (process.env["CI"])
    return [...optionalGroups.map((name) => `--try-${name}`), ...packageGroups.map((name) => `--${name}`)];
  return [
    ...(findOnPath("cargo") === undefined ? [] : ["--try-rpki"]),
    ...(findOnPath("pip3") === undefined ? [] : ["--try-envoy"]),
  ];
}

function planFor(options) {
  return planSetUp(projectDirectory, process.env, {
    optional: optionalGroups.filter((name) => options.includes(`--${name}`) || options.includes(`--try-${name}`)),
    groups: packageGroups.filter((name) => options.includes(`--${name}`)),
  });
}

async function setUp(options) {
  const plan = planFor(options);
  console.error(announce(plan));
  if (isInteractive() && !(await confirmed())) throw new UserError("Nothing was installed.");
  const began = Date.now();
  await withLock(inProject(".labwright", "setup.lock"), async () => {
    // Another run may have done it meanwhile.
    if (planSetUp().modules) await installModules();
    const node = projectNode();
    if (node === undefined) throw new UserError(noNode());
    const status = await run(node, [inProject("toolchain", "setup.ts"), ...options]);
    if (status !== 0) throw new SilentError(status);
  });
  console.error(`Set up in ${Math.round((Date.now() - began) / 1000)} s.`);
}

async function installModules() {
  console.error("npm packages: npm ci");
  const status = await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: projectDirectory,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0)
    throw new UserError(`\`npm ci\` in ${projectDirectory} failed (exit code ${status}); its own words are above.`);
  if (planSetUp().modules && projectNode() !== undefined) {
    throw new UserError(
      `After \`npm ci\` in ${projectDirectory}, node_modules still isn't what package-lock.json says.`,
    );
  }
}

async function runProgram([program, ...args]) {
  const node = projectNode();
  if (node === undefined) throw new UserError(noNode());
  if (!existsSync(program)) throw new UserError(`${program} is missing: the clone isn't complete.`);
  const compileCache = join(cacheDirectory(), "compile-cache");
  if (node !== process.execPath || program.endsWith(".mjs")) {
    return run(node, [program, ...args], { env: { NODE_COMPILE_CACHE: compileCache, ...process.env } });
  }
  // Already in the right Node: the program takes over this process, which saves starting another.
  const { enableCompileCache } = await import("node:module");
  enableCompileCache(compileCache);
  process.env["NODE_COMPILE_CACHE"] ??= compileCache;
  process.argv = [node, program, ...args];
  await import(pathToFileURL(program).href);
  return undefined;
}

/** Gives the exit code. Signals from a terminal reach the child by themselves; others are passed on. */
function run(command, args, { env = process.env, cwd, stdio = "inherit" } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio, env, cwd });
    const wait = () => {};
    const passOn = (signal) => child.kill(signal);
    process.on("SIGINT", wait);
    process.on("SIGTERM", passOn).on("SIGHUP", passOn);
    child.once("error", (error) => reject(new UserError(`${command} could not be started: ${error.message}`)));
    child.once("close", (code, signal) => {
      process.off("SIGINT", wait).off("SIGTERM", passOn).off("SIGHUP", passOn);
      resolve(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}

function isInteractive() {
  return Boolean(process.stdin.isTTY && process.stderr.isTTY && !process.env["CI"]);
}

async function confirmed() {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question("Go on? [Y/n] ");
    return /^(y(es)?)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function noNode() {
  return `Node ${process.versions.node} is too old to run Labwright, which needs 22.18 or later, and npm carries none for ${process.platform}/${process.arch}: install Node 22 from https://nodejs.org or your system's packages.`;
}

class UserError extends Error {}

/** What there is to say has been said. */
class SilentError extends Error {
  constructor(status) {
    super("");
    this.status = status;
  }
}

main(process.argv.slice(2)).then(
  (status) => {
    if (status !== undefined) process.exitCode = status;
  },
  (error) => {
    if (error instanceof SilentError) {
      process.exitCode = error.status;
    } else {
      console.error(`labwright: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    }
  },
);
