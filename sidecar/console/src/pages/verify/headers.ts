// Headers as people paste them: lines with a colon, or a JSON object.

export function headersOf(text: string): Record<string, string> | string {
  const trimmed = text.trim();
  if (trimmed === "") return "Paste the headers of the delivery.";
  if (trimmed.startsWith("{")) {
    try {
      const given = JSON.parse(trimmed) as Record<string, unknown>;
      // Some programs have a list of values for each name.
      return Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : String(value)]),
      );
    } catch {
      return "This begins as a JSON object and is none.";
    }
  }
  const headers: Record<string, string> = {};
  for (const line of trimmed.split(/\r?\n/)) {
    // The first line of a request, and empty lines.
    if (line.trim() === "" || /^[A-Z]+ \S+ HTTP\/[\d.]+$/.test(line.trim())) continue;
    const found = /^\s*(?:[<>]\s)?([^\s:]+)\s*:\s?(.*)$/.exec(line);
    if (!found?.[1]) return `This line is no header: ${line.trim().slice(0, 60)}`;
    headers[found[1]] = found[2]?.trimEnd() ?? "";
  }
  return headers;
}

export const linesOf = (headers: Record<string, unknown>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join("\n");
