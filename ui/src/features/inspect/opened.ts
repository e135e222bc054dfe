// What Inspect shows of a token: one script, which `opened.svelte.ts` reads after the first picture.
export { default as Decoded } from "./decoded/Decoded.svelte";
export { default as NotAJwt } from "./decoded/NotAJwt.svelte";
export { default as DraftColumn } from "./edit/DraftColumn.svelte";
export { default as Editor } from "./edit/Editor.svelte";
export { default as KeyDialog } from "./key/KeyDialog.svelte";
export { default as KeyStep } from "./key/KeyStep.svelte";
export { default as OwnToken } from "./own/OwnToken.svelte";
export { default as PolicyChoices } from "./policy/PolicyChoices.svelte";
export { default as PolicySheet } from "./policy/PolicySheet.svelte";
export { default as Compared } from "./token/Compared.svelte";
export { default as TokenBar } from "./token/TokenBar.svelte";
export { default as TokenColumn } from "./token/TokenColumn.svelte";
export { default as Decryption } from "./verdict/Decryption.svelte";
export { default as Findings } from "./verdict/Findings.svelte";
