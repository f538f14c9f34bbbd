/// <reference types="vitest/config" />
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const service = process.env.LOGIDATA_API_URL ?? `http://127.0.0.1:${process.env.LOGIDATA_API_PORT ?? 8000}`

const inSource = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** `virtual:module-icons`: the icons that the catalogue names, and of the library's thousands no others. */
function moduleIcons(): Plugin {
  const name = 'virtual:module-icons'
  return {
    name: 'module-icons',
    resolveId: id => (id === name ? `\0${name}` : null),
    load: id => {
      if (id !== `\0${name}`) return null
      const { modules } = JSON.parse(readFileSync(inSource('../module_operators/catalog.json'), 'utf8'))
      const icons = [...new Set<string>(modules.map((module: { icon: string }) => module.icon))]
      const imports = icons.map((icon, i) => `import icon${i} from 'lucide-react/dist/esm/icons/${icon}.mjs'`)
      return `${imports.join('\n')}\nexport default { ${icons.map((icon, i) => `'${icon}': icon${i}`).join(', ')} }`
    },
  }
}

export default defineConfig({
  plugins: [react(), moduleIcons()],
  resolve: {
    alias: { '@': inSource('./src') },
  },
  server: { proxy: { '/api': { target: service, ws: true }, '/docs': service, '/openapi.json': service } },
  build: { target: 'es2022', chunkSizeWarningLimit: 1600 },
  worker: { format: 'es' },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true },
})
