import { Page } from "../ui/Page.tsx";

export const Dead = () => <Page title="Dead">This page is not written yet.</Page>;
