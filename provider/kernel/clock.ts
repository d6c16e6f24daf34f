/** A node's wrong clock, by libfaketime: what its programs see is shifted, the kernel's clock stays. */

/** In the node's directory: seconds by which its clock is ahead, with their sign. */
export const clockFile = ".clock";

export function clockText(seconds: number): string {
  return `${seconds < 0 ? "" : "+"}${seconds}`;
}

/** What a program in a container of the node is started with; `$LIB` is for ld.so(8). `enter` does the same elsewhere. */
export function clockEnvironment(text: string): Readonly<Record<string, string>> {
  return {
    FAKETIME: text,
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    LD_PRELOAD: "/usr/$LIB/faketime/libfaketime.so.1",
  };
}
