/** From what an author wrote to a topology that everything else can rely on. */
import { planAddresses } from "./addressing/plan.ts";
import { assemble } from "./assemble.ts";
import { checkDaemons } from "./daemons/check.ts";
import { draftOf } from "./draft.ts";
import { nameInterfaces } from "./interfaces.ts";
import { assertNoProblems } from "./problem.ts";
import { checkPki } from "./pki/check.ts";
import { resolvePki } from "./pki/resolve.ts";
import { checkMachines } from "./machines/check.ts";
import { checkConnectivity } from "./routing/connectivity.ts";
import { readExtraAddresses } from "./addressing/extra.ts";
import { planGateways } from "./routing/gateways.ts";
import { readOriginations } from "./routing/originations.ts";
import { readHijacks, readPolicies, readRoas } from "./routing/policies.ts";
import { readRelations } from "./routing/relations.ts";
import { planSessions } from "./routing/sessions.ts";
import { resolveSystems } from "./routing/systems.ts";
import { checkPrograms, checkServiceInterfaces } from "./services/check.ts";
import type { TopologySpec } from "./spec.ts";
import type { Topology } from "./topology.ts";
import { checkDockerSubnets } from "./services/docker.ts";
import { checkLimits } from "./validation/limits.ts";
import { checkNames } from "./validation/names.ts";
import { Report } from "./validation/report.ts";
import { topologyForm } from "./validation/spec-form.ts";

/**
 * Validates a spec, fills in its defaults, gives out addresses and names sessions. The same spec gives the same
 * topology, and what is appended to a spec changes no address that was given out before, unless it declares one of
 * those itself.
 *
 * Validation goes in stages: the form; names and values; addressing; services' interfaces; policies; routing; what
 * the routers' daemons can do.
 *
 * @throws ProblemsError with all the problems of the first stage that has any.
 */
export function resolve(spec: TopologySpec): Topology {
  stage("the topology's form", (report) => topologyForm(spec, "", report));

  const draft = draftOf(spec);
  stage("the topology's names and values", (report) => {
    checkNames(draft, report);
    checkLimits(draft, report);
    checkPrograms(spec, report);
    checkMachines(draft, report);
  });

  const { addresses, ...read } = stage("the topology's addressing", (report) => ({
    addresses: planAddresses(draft, report),
    extraAddresses: readExtraAddresses(draft, report),
    originations: readOriginations(draft, report),
    hijacks: readHijacks(draft, report),
    roas: readRoas(draft, report),
  }));

  const interfaces = nameInterfaces(draft.attachments);
  stage("the interfaces of the topology's services", (report) => checkServiceInterfaces(draft, interfaces, report));
  const policies = stage("the topology's policies", (report) => readPolicies(draft, report));
  const autonomousSystems = resolveSystems(draft, policies);
  const routing = stage("the topology's routing", (report) => {
    const relations = readRelations(draft, report);
    checkConnectivity(draft, autonomousSystems, addresses, report);
    return {
      relations,
      sessions: planSessions(draft, relations, autonomousSystems, addresses, report),
      routes: planGateways(draft, addresses, interfaces, report),
    };
  });

  const assembled = assemble(draft, { addresses, ...read, interfaces, autonomousSystems, ...routing });
  stage("the topology's PKI", (report) => checkPki(spec, assembled, report));
  const topology = { ...assembled, pki: resolvePki(spec.pki ?? { authorities: {} }, assembled) };
  stage("the topology's daemons", (report) => {
    checkDaemons(topology, report);
    checkDockerSubnets(topology, report);
  });
  return topology;
}

/** Runs a stage; throws if it noted problems. */
function stage<T>(name: string, run: (report: Report) => T): T {
  const report = new Report();
  const result = run(report);
  assertNoProblems(name, report.problems);
  return result;
}
