import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api'
import type { ModuleOut } from '@/api/generated'
import { boxOf, type Places, placesOf } from './arrange'
import type { CanvasEdge, ModuleNode } from './types'

type Modules = ReadonlyMap<string, ModuleOut>

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.spacing.nodeNodeBetweenLayers': '70',
  'elk.spacing.nodeNode': '48',
  'elk.spacing.componentComponent': '70',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
}
const FIXED = { 'elk.portConstraints': 'FIXED_POS' }

/** The graph as the layout engine takes it: inputs and outputs are where the canvas draws them. */
export function elkGraph(nodes: readonly ModuleNode[], edges: readonly CanvasEdge[], modules: Modules): ElkNode {
  const ids = new Set(nodes.map(node => node.id))
  const children = nodes.map(node => {
    const { id, width, height } = boxOf(node)
    const inputs = modules.get(node.data.moduleId)?.inputs ?? []
    const ports = [
      ...inputs.map(({ handle }, position) => ({
        id: inputPort(id, handle),
        x: 0,
        y: (height * (position + 1)) / (inputs.length + 1),
      })),
      { id: outputPort(id), x: width, y: height / 2 },
    ]
    return { id, width, height, ports, layoutOptions: FIXED }
  })
  const known = new Set(children.flatMap(({ ports }) => ports.map(port => port.id)))
  const joined = edges.flatMap(({ id, source, target, targetHandle }): ElkExtendedEdge[] => {
    if (!ids.has(source) || !ids.has(target)) return []
    const port = inputPort(target, targetHandle ?? '')
    return [{ id, sources: [outputPort(source)], targets: [known.has(port) ? port : target] }]
  })
  return { id: 'all', layoutOptions: OPTIONS, children, edges: joined }
}

/** Where the engine has put them, with the upper left corner where it was. */
export function placesIn(result: ElkNode, nodes: readonly ModuleNode[]): Places {
  const left = Math.min(...nodes.map(node => node.position.x))
  const top = Math.min(...nodes.map(node => node.position.y))
  const children = result.children ?? []
  const x = Math.min(...children.map(child => child.x ?? 0))
  const y = Math.min(...children.map(child => child.y ?? 0))
  return placesOf(children.map(child => ({ id: child.id, x: left + (child.x ?? 0) - x, y: top + (child.y ?? 0) - y })))
}

const inputPort = (id: string, handle: string) => `${id}\n${handle}`
const outputPort = (id: string) => `${id}\n>`
