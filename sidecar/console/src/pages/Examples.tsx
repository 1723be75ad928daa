import { Page } from "../ui/Page.tsx";

export const Examples = () => <Page title="Examples">This page is not written yet.</Page>;
