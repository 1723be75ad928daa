import { Page } from "../ui/Page.tsx";

export const Live = () => <Page title="Live">This page is not written yet.</Page>;
