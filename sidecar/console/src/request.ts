// An attempt's request as text that other programs understand. The signed headers come along, the payload's bytes stay.

export interface Sent {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** What the client counts and adds by itself. */
const OWN = new Set(["host", "content-length"]);

/** Between single quotes a shell changes nothing; a single quote ends them, stands escaped, and begins them anew. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Headers without those that the client makes, and without line ends, which a header cannot have. */
function given(sent: Sent): [string, string][] {
  const headers = Object.entries(sent.headers).filter(([name]) => !OWN.has(name.toLowerCase()));
  return headers.map(([name, value]) => [name, value.replace(/[\r\n]+/g, " ")]);
}

/** What a shell takes as one argument; a longer body is read from the file that Download makes. */
const LONGEST_ARGUMENT = 100_000;
const FILE = "payload.json";

export function asCurl(sent: Sent): string {
  const lines = [`curl -X ${quoted(sent.method)} ${quoted(sent.url)}`];
  // A header without a value ends in a semicolon; a colon would take it away.
  for (const [name, value] of given(sent)) lines.push(`-H ${quoted(value === "" ? `${name};` : `${name}: ${value}`)}`);
  lines.push(sent.body.length > LONGEST_ARGUMENT ? `--data-binary @${FILE}` : `--data-raw ${quoted(sent.body)}`);
  return `${lines.join(" \\\n  ")}\n`;
}

export function asHttpie(sent: Sent): string {
  const lines = [`http ${quoted(sent.method)} ${quoted(sent.url)}`];
  for (const [name, value] of given(sent)) lines.push(quoted(value === "" ? `${name};` : `${name}:${value}`));
  const command = lines.join(" \\\n  ");
  if (sent.body.length > LONGEST_ARGUMENT) return `${command} \\\n  < ${FILE}\n`;
  return `printf %s ${quoted(sent.body)} | ${command}\n`;
}

/** As editors keep requests in files, and as it went over the wire but for HTTP's own headers. */
export function asHttpFile(sent: Sent): string {
  const headers = given(sent).map(([name, value]) => `${name}: ${value}`);
  return `${[`${sent.method} ${sent.url}`, ...headers].join("\n")}\n\n${sent.body}\n`;
}
