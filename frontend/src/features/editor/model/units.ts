import type { CanvasEdge, CanvasNode, Drawing, Settings } from './types'
import { isModule } from './types'

/** A drawing as single values that can be changed apart from each other; a key is where a value belongs. */
export type Units = Map<string, unknown>
export type Place = readonly [part: 'settings' | 'node' | 'option' | 'edge', ...rest: string[]]

type Parts = { data: Record<string, unknown> & { config?: Record<string, unknown> } } & Record<string, unknown>

export const keyOf = (...place: Place): string => JSON.stringify(place)
export const placeOf = (key: string): Place => JSON.parse(key) as Place

export function unitsOf({ settings, nodes, edges }: Drawing): Units {
  const units: Units = new Map()
  for (const [name, value] of Object.entries(settings)) units.set(keyOf('settings', name), value)
  for (const node of nodes) addNode(units, node)
  for (const { source, target, sourceHandle = null, targetHandle = null } of edges) {
    units.set(keyOf('edge', source, target, targetHandle ?? ''), { sourceHandle, targetHandle })
  }
  return units
}

/** The drawing that units make up; an edge whose node is gone is left out. */
export function drawingOf(units: Units): Drawing {
  const settings: Record<string, unknown> = {}
  const nodes = new Map<string, Parts>()
  const edges: CanvasEdge[] = []
  for (const [key, value] of units) {
    const place = placeOf(key)
    if (place[0] === 'node' && place.length === 2) nodes.set(place[1] ?? '', started(place[1] ?? '', value))
  }
  for (const [key, value] of units) {
    const [part, id = '', name = '', inner = ''] = placeOf(key)
    const node = nodes.get(id)
    if (part === 'settings') settings[id] = value
    else if (!node) continue
    else if (part !== 'edge') fill(node, part, name, inner, value)
    else if (nodes.has(name)) edges.push(joined(id, name, inner, value as object))
  }
  return { settings: settings as Settings, nodes: [...nodes.values()] as unknown as CanvasNode[], edges }
}

function addNode(units: Units, node: CanvasNode): void {
  const { id, type } = node
  units.set(keyOf('node', id, 'position'), { x: Math.round(node.position.x), y: Math.round(node.position.y) })
  if (!isModule(node)) {
    units.set(keyOf('node', id), { type })
    units.set(keyOf('node', id, 'note'), { data: node.data, width: node.width, height: node.height })
    return
  }
  const { moduleId, config, ...rest } = node.data
  units.set(keyOf('node', id), { type, moduleId })
  for (const [name, value] of Object.entries(rest)) units.set(keyOf('node', id, 'data', name), value)
  for (const [name, value] of Object.entries(config ?? {})) units.set(keyOf('option', id, name), value)
}

function started(id: string, value: unknown): Parts {
  const { type, moduleId } = value as { type: string; moduleId?: string }
  return { id, type, position: { x: 0, y: 0 }, data: moduleId ? { moduleId, label: '', config: {} } : {} }
}

function fill(node: Parts, part: Place[0], name: string, inner: string, value: unknown): void {
  if (part === 'option') node.data.config = { ...node.data.config, [name]: value }
  else if (name === 'position') node.position = value
  else if (name === 'note') Object.assign(node, value)
  else if (name === 'data') node.data[inner] = value
}

function joined(source: string, target: string, handle: string, handles: object): CanvasEdge {
  return { id: `${source}-${target}${handle && `-${handle}`}`, source, target, ...handles }
}
