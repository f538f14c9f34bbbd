import { Button, Group, useComputedColorScheme } from '@mantine/core'
import { Background, Controls, MiniMap, type NodeTypes, ReactFlow, useReactFlow, useStore } from '@xyflow/react'
import { MousePointerClick, Sparkles, WandSparkles } from 'lucide-react'
import { type DragEvent, useCallback, useMemo } from 'react'
import type { ModuleOut } from '@/api/generated'
import { EmptyState } from '@/components/EmptyState'
import { strings } from '@/strings'
import { useModules } from '../api/modules'
import { SuggestMenu } from '../assist/SuggestMenu'
import { useAssistant } from '../assist/useAssistant'
import classes from '../EditorPage.module.css'
import { placeFor } from '../model/placing'
import { type CanvasNode, isModule } from '../model/types'
import { DRAGGED, Palette } from '../palette/Palette'
import { useRunViews } from '../run/useRunViews'
import { useDesk } from '../store/desk'
import { useEditor } from '../store/editor'
import { useTrace } from '../store/trace'
import { CanvasMenu } from './CanvasMenu'
import { CanvasSearch } from './CanvasSearch'
import { useCommands } from './commands'
import { dressed } from './edges'
import { fitIn, hasMap, MAP } from './fit'
import { ModuleNode } from './ModuleNode'
import { NoteNode } from './NoteNode'
import { Tools } from './Tools'
import { useConnecting } from './useConnecting'
import { useSteadyView } from './useSteadyView'
import { WhyLine } from './WhyLine'

const nodeTypes = {
  extractor: ModuleNode,
  transformer: ModuleNode,
  loader: ModuleNode,
  note: NoteNode,
} satisfies NodeTypes

const FIRST = fitIn({ width: 1000, height: 800 })

function openMenu(event: MouseEvent | React.MouseEvent, node?: CanvasNode): void {
  event.preventDefault()
  if (node && !node.selected) useEditor.getState().select(new Set([node.id]))
  useDesk.getState().showMenu({ x: event.clientX, y: event.clientY, nodeId: node?.id ?? null })
}

// By name and once: each new function would draw every node again, at every frame of a drag.
const openMenuOfMany = (event: React.MouseEvent, nodes: CanvasNode[]) => openMenu(event, nodes[0])
const openMenuOfAll = (event: MouseEvent | React.MouseEvent) => openMenu(event)
const DELETE_KEYS = ['Backspace', 'Delete']

// Likewise: an element that is the same is not drawn again.
const AROUND = (
  <>
    <Background gap={20} />
    <Tools />
    <CanvasSearch />
    <Controls showInteractive={false} />
  </>
)
const WHOLE = <MiniMap pannable zoomable style={MAP} nodeBorderRadius={8} />
const MENUS = (
  <>
    <CanvasMenu />
    <SuggestMenu />
  </>
)

/** The drawing area and the palette beside it. */
export function Canvas() {
  const nodes = useEditor(state => state.nodes)
  const wrong = useEditor(state => state.problems.edges)
  const drawn = useEditor(state => state.edges)
  const views = useRunViews(state => state.views)
  const trace = useTrace(state => state.trace)
  const edges = useMemo(
    () => drawn.map(edge => dressed(edge, wrong[edge.id] !== undefined, views, trace)),
    [drawn, wrong, views, trace],
  )
  const { changeNodes, changeEdges, add } = useEditor.getState()
  const connecting = useConnecting()
  const modules = useModules()
  const flow = useReactFlow<CanvasNode>()
  const { showAdded } = useCommands()
  const isMapShown = useStore(hasMap)
  useSteadyView()
  const scheme = useComputedColorScheme('light')

  const addBeside = useCallback(
    (module: ModuleOut) => {
      const { nodes, add } = useEditor.getState()
      add(module, placeFor(module, nodes, modules))
      showAdded()
    },
    [showAdded, modules],
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
        aria-label={strings.editor.canvas}
      >
        {!nodes.some(isModule) && (
          <div className={classes.hint}>
            <EmptyState icon={MousePointerClick} title={strings.editor.emptyTitle} action={<First />}>
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
          {...connecting}
          connectionLineComponent={WhyLine}
          onNodeContextMenu={openMenu}
          onSelectionContextMenu={openMenuOfMany}
          onPaneContextMenu={openMenuOfAll}
          deleteKeyCode={DELETE_KEYS}
          // What is only moved opens no options, which would make the canvas narrower under the hand.
          selectNodesOnDrag={false}
          fitView
          fitViewOptions={FIRST}
          minZoom={0.1}
        >
          {AROUND}
          {isMapShown && WHOLE}
        </ReactFlow>
        {MENUS}
      </section>
    </>
  )
}

/** Help with the first step. */
function First() {
  const hasAssistant = useAssistant()
  return (
    <Group mt="xs" className={classes.first}>
      <Button
        variant="light"
        leftSection={<Sparkles size={16} aria-hidden />}
        onClick={event => {
          const { left, bottom } = event.currentTarget.getBoundingClientRect()
          useDesk.getState().suggestAt({ x: left, y: bottom, nodeId: null })
        }}
      >
        {strings.assist.start}
      </Button>
      {hasAssistant && (
        <Button
          variant="light"
          leftSection={<WandSparkles size={16} aria-hidden />}
          onClick={() => useDesk.getState().toggle('describe', true)}
        >
          {strings.assist.describe.title}
        </Button>
      )}
    </Group>
  )
}
