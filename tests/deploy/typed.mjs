// Holds documents to the types of those who read them: Grafana's for a dashboard and its panels, the Prometheus operator's
// for its resources, and of these also what its schemas say of values. Reads {"dashboards": [...], "resources": [...]} from
// stdin and prints what is wrong, a line each.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const HERE = dirname(fileURLToPath(import.meta.url));
const OPERATOR = "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
const PANELS = { stat: "Stat", timeseries: "TimeSeries" };

// In a document a value of an enumeration is its text or number.
const PLAIN = `
type Plain<T> = T extends string ? \`\${T}\` : T extends number | boolean | null | undefined ? T
    : unknown extends T ? T : { [K in keyof T]: Plain<T[K]> };
`;

function source({ dashboards, resources }) {
    const lines = [
        'import type { Dashboard, Panel } from "@grafana/schema";',
        ...Object.entries(PANELS).map(([folder, name]) => {
            const file = `@grafana/schema/dist/esm/raw/composable/${folder}/panelcfg/x/${name}PanelCfg_types.gen`;
            return `import type * as ${folder} from "${file}";`;
        }),
        ...resources.map(({ kind }, i) => `import type { I${kind} as Kind${i} } from "${OPERATOR}/${kind}";`),
        PLAIN.replaceAll("\n", " "),
    ];
    const documents = [];
    const held = (name, type, value) => {
        documents.push({ line: lines.length, name });
        lines.push(`({ document: ${JSON.stringify(value)} }) satisfies { document: Plain<${type}> };`);
    };
    for (const dashboard of dashboards) {
        held("dashboard", "Dashboard", dashboard);
        for (const panel of dashboard.panels.filter((panel) => panel.type !== "row")) {
            const custom = panel.type === "timeseries" ? "timeseries.FieldConfig" : "{}";
            held(`panel ${panel.title}`, `Panel<object, ${custom}>`, panel);
            held(`options of panel ${panel.title}`, `${panel.type}.Options`, panel.options);
        }
    }
    resources.forEach((resource, i) => held(resource.kind, `Kind${i}`, resource));
    return { text: lines.join("\n"), documents };
}

function typeErrors(given) {
    const { text, documents } = source(given);
    const path = join(HERE, "documents.ts");
    const options = {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        types: [],
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
    };
    const host = ts.createCompilerHost(options);
    const [read, exists] = [host.getSourceFile, host.fileExists];
    host.getSourceFile = (file, ...rest) =>
        file === path ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2022) : read(file, ...rest);
    host.fileExists = (file) => file === path || exists(file);
    const program = ts.createProgram([path], options, host);
    return ts.getPreEmitDiagnostics(program).map((wrong) => {
        const what = ts.flattenDiagnosticMessageText(wrong.messageText, " ");
        if (wrong.file?.fileName !== path) return what;
        const { line } = wrong.file.getLineAndCharacterOfPosition(wrong.start);
        const name = documents.findLast((document) => document.line <= line)?.name ?? "imports";
        return `${name}: ${text.slice(wrong.start, wrong.start + wrong.length).slice(0, 200)}: ${what}`;
    });
}

async function schemaErrors({ resources }) {
    const wrong = [];
    for (const resource of resources) {
        const kinds = await import(`${OPERATOR}/${resource.kind}`);
        try {
            new kinds[resource.kind](resource).validate();
        } catch (error) {
            wrong.push(`${resource.kind}: ${error.message}`);
        }
    }
    return wrong;
}

const given = JSON.parse(readFileSync(0, "utf8"));
for (const wrong of [...typeErrors(given), ...(await schemaErrors(given))]) console.log(wrong);
