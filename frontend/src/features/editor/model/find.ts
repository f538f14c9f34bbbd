import type { ModuleOut } from '@/api/generated'
import type { CanvasNode } from './types'
import { isModule } from './types'

/** The nodes and notes that hold every word: in the name, the module or the options; from left to right. */
export function found(nodes: readonly CanvasNode[], modules: ReadonlyMap<string, ModuleOut>, search: string): string[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  return nodes
    .filter(node => {
      const about = aboutOf(node, modules).toLowerCase()
      return words.every(word => about.includes(word))
    })
    .sort((one, other) => one.position.x - other.position.x || one.position.y - other.position.y)
    .map(node => node.id)
}

function aboutOf(node: CanvasNode, modules: ReadonlyMap<string, ModuleOut>): string {
  if (!isModule(node)) return node.data.text
  const { label, moduleId, config } = node.data
  return [node.id, label, moduleId, modules.get(moduleId)?.display_name, JSON.stringify(config)].join('\n')
}
