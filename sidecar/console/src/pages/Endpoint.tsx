import { Page } from "../ui/Page.tsx";

export const Endpoint = () => <Page title="Endpoint">This page is not written yet.</Page>;
