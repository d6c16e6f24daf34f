/** JUnit's XML, as CI servers read it (the schema of Jenkins' xUnit plugin). */
export interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

export interface Case {
  readonly name: string;
  readonly title: string;
  readonly seconds: number;
  readonly status: "passed" | "failed" | "error" | "skipped";
  readonly message?: string;
}

export function checkSuite(name: string, cases: readonly Case[]): Suite {
  return { name, cases };
}

export function junit(suites: readonly Suite[]): string {
  const all = suites.flatMap((suite) => suite.cases);
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites name="labwright" ${counts(all)}>`,
    ...suites.flatMap((suite) => [
      `  <testsuite name="${escape(suite.name)}" ${counts(suite.cases)}>`,
      ...suite.cases.flatMap((each) => testCase(suite.name, each)),
      `  </testsuite>`,
    ]),
    `</testsuites>`,
    "",
  ].join("\n");
}

function counts(cases: readonly Case[]): string {
  const of = (status: Case["status"]): number => cases.filter((each) => each.status === status).length;
  const time = cases.reduce((sum, each) => sum + each.seconds, 0);
  return `tests="${cases.length}" failures="${of("failed")}" errors="${of("error")}" skipped="${of("skipped")}" time="${time.toFixed(3)}"`;
}

function testCase(suite: string, each: Case): string[] {
  const open = `    <testcase classname="${escape(suite)}" name="${escape(`${each.name}: ${each.title}`)}" time="${each.seconds.toFixed(3)}"`;
  const message = each.message ?? "";
  const element = { passed: undefined, failed: "failure", error: "error", skipped: "skipped" }[each.status];
  if (element === undefined) return [`${open}/>`];
  const first = message.split("\n")[0] ?? "";
  return [
    `${open}>`,
    `      <${element} message="${escape(first)}">${escapeText(message)}</${element}>`,
    `    </testcase>`,
  ];
}

/** For an attribute, where a line's end would become a space. */
function escape(text: string): string {
  return escapeText(text).replaceAll("\n", "&#10;");
}

/** XML 1.0 has no way at all to write most control characters, so they become U+FFFD. */
function escapeText(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
