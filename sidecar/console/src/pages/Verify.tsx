import { Page } from "../ui/Page.tsx";

export const Verify = () => <Page title="Verify">This page is not written yet.</Page>;
