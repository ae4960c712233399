import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/**
 * The links in password mails lead to `/set-password`. S3 has no rewriting, so the page lies there under that very
 * name: the same page once more.
 */
function setPasswordPage(): Plugin {
  return {
    name: 'set-password-page',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const index = bundle['index.html'];
      if (index?.type !== 'asset') this.error('there is no index.html');
      this.emitFile({ type: 'asset', fileName: 'set-password', source: index.source });
    },
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (request.url === '/set-password') request.url = '/';
        next();
      });
    },
  };
}

const host = process.env['PORTAL_API'] ?? 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [svelte(), setPasswordPage()],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // What the first view needs comes in one file: each further one is a request more on a slow line. Styles are split
    // like scripts, so that nobody waits for those of screens they never see.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'index', tags: ['$initial'] }] } } },
  },
  server: { proxy: { '/api': host, '/inbox': host } },
});
