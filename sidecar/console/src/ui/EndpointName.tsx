import { nameOf, shortUrl, useEndpoints } from "../endpoints.ts";
import { A } from "./A.tsx";

/** An endpoint by its name, with its id and URL where one points. */
export function EndpointName({
  id,
  url,
  plain,
}: {
  id: string | null | undefined;
  url?: string | undefined;
  plain?: boolean;
}) {
  const endpoint = useEndpoints().data?.find((one) => one.id === id);
  const address = endpoint?.url ?? url;
  const name = endpoint ? nameOf(endpoint) : address ? shortUrl(address) : id;
  if (!id || plain) return <span class="clip">{name ?? "–"}</span>;
  return (
    <A to={`/endpoints/${id}`} class="clip" title={[address, id].filter(Boolean).join("\n")}>
      {name ?? id}
    </A>
  );
}
