import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take minutes, so that none of them is left to the end, when the other workers have nothing to do. */
const longest = ["exercises/anycast", "exercises/delivery", "exercises/mtls", "exercises/docker-networking", "crash"];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return at === -1 ? longest.length : at;
    };
    return [...files].sort((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}
