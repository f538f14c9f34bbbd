import { useComputedColorScheme } from '@mantine/core'
import {
  Background,
  type Connection,
  Controls,
  type FinalConnectionState,
  MiniMap,
  type NodeTypes,
  ReactFlow,
  useReactFlow,
} from '@xyflow/react'
import { MousePointerClick } from 'lucide-react'
import { type DragEvent, useCallback, useMemo } from 'react'
import type { ModuleOut } from '@/api/generated'
import { EmptyState } from '@/components/EmptyState'
import { toast } from '@/components/toast'
import { strings } from '@/strings'
import { useModules } from '../api/modules'
import classes from '../EditorPage.module.css'
import { refusal, type Wanted } from '../model/connections'
import { DRAGGED, Palette } from '../palette/Palette'
import { useRunViews } from '../run/useRunViews'
import { useEditor } from '../store/editor'
import { dressed } from './edges'
import { FIT } from './fit'
import { ModuleNode } from './ModuleNode'
import { useSteadyView } from './useSteadyView'

const nodeTypes = { extractor: ModuleNode, transformer: ModuleNode, loader: ModuleNode } satisfies NodeTypes

const PANEL_OPENS = 250
const MINIMAP = { width: 140, height: 90 }

/** The drawing area and the palette beside it. */
export function Canvas() {
  const nodes = useEditor(state => state.nodes)
  const wrong = useEditor(state => state.problems.edges)
  const drawn = useEditor(state => state.edges)
  const views = useRunViews(state => state.views)
  const edges = useMemo(
    () => drawn.map(edge => dressed(edge, wrong[edge.id] !== undefined, views)),
    [drawn, wrong, views],
  )
  const { changeNodes, changeEdges, add, connect } = useEditor.getState()
  const modules = useModules()
  const flow = useReactFlow()
  useSteadyView()
  const scheme = useComputedColorScheme('light')

  const why = (wanted: Wanted) => {
    const { nodes, edges } = useEditor.getState()
    return refusal(wanted, nodes, edges, modules)
  }
  const drawEdge = ({ source, target, targetHandle }: Connection) => connect(source, target, targetHandle)
  const sayWhy = (_event: unknown, { fromHandle, toHandle, isValid }: FinalConnectionState) => {
    if (isValid || !fromHandle || !toHandle) return
    const [from, to] = fromHandle.type === 'source' ? [fromHandle, toHandle] : [toHandle, fromHandle]
    const reason = why({ source: from.nodeId, target: to.nodeId, targetHandle: to.id ?? null })
    if (reason) toast.info(reason, { id: 'refusal' })
  }
  const addBeside = useCallback(
    (module: ModuleOut) => {
      const { nodes, add } = useEditor.getState()
      add(module, { x: nodes.reduce((most, node) => Math.max(most, node.position.x), -280) + 280, y: 0 })
      // Once the new node's options are open and the canvas is narrower.
      setTimeout(() => flow.fitView({ ...FIT, duration: 200 }), PANEL_OPENS)
    },
    [flow],
  )
  const drop = (event: DragEvent) => {
    const module = modules.get(event.dataTransfer.getData(DRAGGED))
    if (module) add(module, flow.screenToFlowPosition({ x: event.clientX - 110, y: event.clientY - 30 }))
  }

  return (
    <>
      <Palette onAdd={addBeside} />
      <section
        className={classes.canvas}
        onDrop={drop}
        onDragOver={event => event.preventDefault()}
        aria-label="Canvas"
      >
        {nodes.length === 0 && (
          <div className={classes.hint}>
            <EmptyState icon={MousePointerClick} title={strings.editor.emptyTitle}>
              {strings.editor.empty}
            </EmptyState>
          </div>
        )}
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          colorMode={scheme}
          onNodesChange={changeNodes}
          onEdgesChange={changeEdges}
          onConnect={drawEdge}
          onConnectEnd={sayWhy}
          isValidConnection={wanted => why(wanted as Wanted) === null}
          deleteKeyCode={['Backspace', 'Delete']}
          fitView
          fitViewOptions={FIT}
          minZoom={0.1}
        >
          <Background gap={20} />
          <Controls showInteractive={false} />
          <MiniMap pannable zoomable style={MINIMAP} nodeBorderRadius={8} />
        </ReactFlow>
      </section>
    </>
  )
}
