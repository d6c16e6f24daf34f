/**
 * BIRD's control protocol (its programmer's documentation, "Command line interface"): a line to the socket; reply
 * lines `CODE-text` that go on, `CODE text` that end it, and lines with a leading space that repeat the last code.
 */
import { connect, type Socket } from "node:net";

/** An open control socket. Its commands run one after the other. */
export class BirdSocket {
  readonly #socket: Socket;
  readonly #timeout: number;
  #buffered = "";
  #lines: string[] = [];
  #waiting: { resolve: (text: string) => void; reject: (error: Error) => void } | undefined;
  #ended: Error | undefined;

  private constructor(path: string, timeout: number) {
    this.#timeout = timeout;
    this.#socket = connect({ path });
    this.#socket.setEncoding("utf8");
    this.#socket.on("data", (text: string) => this.#take(text));
    this.#socket.on("error", (error) => this.#end(new Error(`BIRD's control socket: ${error.message}`)));
    this.#socket.on("close", () => this.#end(new Error("BIRD closed its control socket")));
  }

  /** Waits for BIRD's greeting. `timeout`, milliseconds, holds for each command. */
  static async open(path: string, timeout = 10_000): Promise<BirdSocket> {
    const control = new BirdSocket(path, timeout);
    await control.#reply("its greeting");
    return control;
  }

  /** Sends one command and gives the reply's text. Codes from 8000 on are errors of BIRD and are thrown. */
  async ask(command: string): Promise<string> {
    this.#socket.write(`${command}\n`);
    return this.#reply(`"${command}"`);
  }

  close(): void {
    this.#socket.destroy();
  }

  #reply(to: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      const timer = setTimeout(
        () => this.#end(new Error(`BIRD did not answer ${to} within ${this.#timeout / 1000} s`)),
        this.#timeout,
      );
      const settled = (): void => {
        clearTimeout(timer);
        this.#waiting = undefined;
      };
      this.#waiting = {
        resolve: (text) => (settled(), resolve(text)),
        reject: (error) => (settled(), reject(error)),
      };
    });
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#waiting?.reject(error);
    this.#socket.destroy();
  }

  #take(text: string): void {
    const lines = (this.#buffered + text).split("\n");
    this.#buffered = lines.pop() ?? "";
    for (const line of lines) {
      const reply = /^(\d{4})([ -])(.*)$/.exec(line);
      if (reply === null) {
        this.#lines.push(line.startsWith(" ") || line.startsWith("+") ? line.slice(1) : line);
        continue;
      }
      const [, code = "", mark, rest = ""] = reply;
      if (rest !== "") this.#lines.push(rest);
      if (mark === "-") continue;
      const all = this.#lines.join("\n");
      this.#lines = [];
      if (Number(code) >= 8000) this.#waiting?.reject(new Error(`BIRD: ${all}`));
      else this.#waiting?.resolve(all);
    }
  }
}

/** One command on a connection of its own. */
export async function birdCommand(path: string, command: string): Promise<string> {
  const control = await BirdSocket.open(path);
  try {
    return await control.ask(command);
  } finally {
    control.close();
  }
}
