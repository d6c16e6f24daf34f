import { describe, expect, test } from "vitest";
import { hopsInWords, parseMtr, reports } from "../../../labs/mtr.ts";

/** mtr 0.95. */
const report = `Start: 2026-11-25T08:04:30+0000
HOST: ap-client                   Loss%   Snt   Last   Avg  Best  Wrst StDev
  1.|-- 10.23.1.1                  0.0%     3    0.1   0.1   0.1   0.1   0.0
  2.|-- 10.13.255.1               33.3%     3    8.5   9.8   8.5  12.2   2.1
        10.13.255.2
  3.|-- ???                       100.0     3    0.0   0.0   0.0   0.0   0.0
  4.|-- 2001:db8:53::53            0.0%     3   10.6  10.7  10.6  10.9   0.1
`;
const result = (stdout: string) => ({ exitCode: 0, stdout, stderr: "" });

describe("a report of mtr", () => {
  test("is read hop by hop, those that don't answer as well", () => {
    expect(parseMtr(report)).toEqual([
      { hop: 1, host: "10.23.1.1", loss: 0, sent: 3, last: 0.1, average: 0.1, best: 0.1, worst: 0.1, deviation: 0 },
      {
        hop: 2,
        host: "10.13.255.1",
        loss: 33.3,
        sent: 3,
        last: 8.5,
        average: 9.8,
        best: 8.5,
        worst: 12.2,
        deviation: 2.1,
      },
      { hop: 3, host: "???", loss: 100, sent: 3, last: 0, average: 0, best: 0, worst: 0, deviation: 0 },
      {
        hop: 4,
        host: "2001:db8:53::53",
        loss: 0,
        sent: 3,
        last: 10.6,
        average: 10.7,
        best: 10.6,
        worst: 10.9,
        deviation: 0.1,
      },
    ]);
    expect(parseMtr("mtr: unable to get raw sockets.\n")).toEqual([]);
  });

  test("is told in one line", () => {
    expect(hopsInWords(report)).toBe(
      "10.23.1.1 0.1 ms, 10.13.255.1 8.5 ms (33.3 % lost), ??? (100 % lost), 2001:db8:53::53 10.6 ms",
    );
  });

  test("is as expected with these hops, no loss, and the delay of the lines at least", () => {
    const text = report
      .split("\n")
      .filter((line) => !/33\.3|\?\?\?|255\.2/.test(line))
      .join("\n");
    const hops = (delay: number) => [
      { host: "10.23.1.1", delay: 0 },
      { host: "2001:db8:53::53", delay },
    ];
    expect(reports(hops(10)).evaluate(result(text))).toBeUndefined();
    expect(reports(hops(11)).evaluate(result(text))).toBe("2001:db8:53::53 after 10.6 ms");
    expect(reports(hops(0).slice(1)).evaluate(result(text))).toBe("hops 10.23.1.1, 2001:db8:53::53");
    expect(reports(parseMtr(report).map(({ host }) => ({ host, delay: 0 }))).evaluate(result(report))).toBe(
      "33.3 % lost at 10.13.255.1, 100 % lost at ???",
    );
    expect(reports(hops(0)).evaluate(result(""))).toBe("no output");
  });
});
