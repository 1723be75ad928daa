// Endpoints for those who choose one.
import { nameOf, useEndpoints } from "./endpoints.ts";
import type { Option } from "./ui/Combobox.tsx";

export function useEndpointChoice(): { options: Option[]; nameById: (id: string | null | undefined) => string } {
  const items = useEndpoints().data ?? [];
  return {
    options: items.map((one) => ({ value: one.id, text: nameOf(one), detail: one.url })),
    nameById: (id) => {
      const found = items.find((one) => one.id === id);
      return found ? nameOf(found) : (id ?? "");
    },
  };
}
