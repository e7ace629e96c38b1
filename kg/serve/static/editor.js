// CodeMirror set up for SPARQL: colours, brackets, history, and completion from the graph's own names; it asks nobody.

import {
  autocompletion,
  bracketMatching,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  defaultKeymap,
  drawSelection,
  EditorState,
  EditorView,
  highlightActiveLine,
  HighlightStyle,
  history,
  historyKeymap,
  keymap,
  lineNumbers,
  sparql,
  StreamLanguage,
  syntaxHighlighting,
  tags,
} from "./vendor/codemirror.js";

const WORDS =
  "SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS GRAPH BIND VALUES ORDER BY GROUP BY HAVING LIMIT OFFSET ASK CONSTRUCT DESCRIBE COUNT SUM MIN MAX AVG STR LCASE CONTAINS REGEX EXISTS BOUND COALESCE";

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--word)", fontWeight: "600" },
  { tag: [tags.string, tags.number, tags.bool], color: "var(--value)" },
  { tag: [tags.atom, tags.tagName, tags.name, tags.propertyName], color: "var(--name)" },
  { tag: [tags.variableName, tags.local(tags.variableName)], color: "var(--accent)" },
  { tag: tags.comment, color: "var(--mute)", fontStyle: "italic" },
]);

const LOOK = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--panel)", fontSize: "0.95rem" },
  "&.cm-focused": { outline: "none" }, // the frame around it shows the focus
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", maxHeight: "55vh", minHeight: "9rem" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--soft)", color: "var(--mute)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--soft) 60%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent) !important" },
  ".cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--edge)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--paper)" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "0.85" },
});

/** Put an editor into a place; `run` is called on Ctrl+Enter. */
export function codeEditor(place, { text, offered, run }) {
  // A shadow root keeps the editor's styles in sheets of the script, which the page's policy allows; style elements it forbids.
  const root = place.attachShadow({ mode: "open" });
  const started = () => {
    run();
    return true;
  };
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([{ key: "Ctrl-Enter", mac: "Cmd-Enter", run: started }]),
        lineNumbers(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        bracketMatching(),
        closeBrackets(),
        StreamLanguage.define(sparql),
        syntaxHighlighting(COLOURS),
        autocompletion({ override: [completing(offered)], icons: false }),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
        EditorView.lineWrapping,
        EditorView.domEventHandlers({ beforeinput: typedOver }),
        EditorView.contentAttributes.of({ "aria-label": "SPARQL query" }),
        LOOK,
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    write: (words) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: words } }),
    goTo(line, column) {
      const at = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({ selection: { anchor: Math.min(at.from + column - 1, at.to) }, scrollIntoView: true });
      view.focus();
    },
  };
}

/** Type over a selection ourselves: Chrome would carry the old words' look over as a style attribute, which the policy forbids. */
function typedOver(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (empty || event.inputType !== "insertText" || event.isComposing || view.state.selection.ranges.length > 1) return false;
  const typed = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, event.data, typed))) view.dispatch(typed());
  event.preventDefault();
  return true;
}

/** Completion from keywords, prefixes, and the ontology's classes and properties, which their labels find too. */
function completing({ prefixes, terms }) {
  const options = [
    ...WORDS.split(" ").map((label) => ({ label, type: "keyword", boost: -1 })),
    ...Object.keys(prefixes).map((name) => ({ label: `${name}:`, detail: prefixes[name], type: "namespace" })),
    ...terms.map(({ name, label }) => ({ label: name, detail: label, type: "property", boost: 1 })),
  ];
  return (context) => {
    const word = context.matchBefore(/[\w:-]+/);
    if (context.matchBefore(/[?$]\w*/) || (!word && !context.explicit)) return null;
    const variables = [...new Set(context.state.doc.toString().match(/[?$]\w+/g))].map((label) => ({ label, type: "variable" }));
    return { from: word?.from ?? context.pos, options: [...options, ...variables], validFor: /^[\w:-]*$/ };
  };
}
