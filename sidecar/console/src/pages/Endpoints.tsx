import { Page } from "../ui/Page.tsx";

export const Endpoints = () => <Page title="Endpoints">This page is not written yet.</Page>;
