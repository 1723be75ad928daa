import { Page } from "../ui/Page.tsx";

export const Exports = () => <Page title="Exports">This page is not written yet.</Page>;
