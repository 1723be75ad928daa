import { Page } from "../ui/Page.tsx";

export const NewEndpoint = () => <Page title="NewEndpoint">This page is not written yet.</Page>;
