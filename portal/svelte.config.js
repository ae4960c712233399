import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default {
  preprocess: vitePreprocess({ script: false }),
  compilerOptions: {
    runes: true,
    // A screen and what is in it is made anew for each visit (App.svelte), so what it is given first is what counts.
    warningFilter: ({ code }) => code !== 'state_referenced_locally',
  },
};
