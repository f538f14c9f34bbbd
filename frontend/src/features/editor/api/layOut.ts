import type { ModuleOut } from '@/api/generated'
import type { Places } from '../model/arrange'
import { elkGraph, placesIn } from '../model/layout'
import type { CanvasEdge, ModuleNode } from '../model/types'

/** Places from left to right as the rows flow. The engine is loaded at the first use, and works beside the page. */
export async function layOut(
  nodes: readonly ModuleNode[],
  edges: readonly CanvasEdge[],
  modules: ReadonlyMap<string, ModuleOut>,
): Promise<Places> {
  const [{ default: Elk }, { default: workerUrl }] = await Promise.all([
    import('elkjs/lib/elk-api'),
    import('elkjs/lib/elk-worker.min.js?url'),
  ])
  const elk = new Elk({ workerUrl })
  try {
    return placesIn(await elk.layout(elkGraph(nodes, edges, modules)), nodes)
  } finally {
    elk.terminateWorker()
  }
}
