import { Menu } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import {
  Cable,
  ChartNetwork,
  CopyPlus,
  Maximize,
  Play,
  ScrollText,
  SquareDashedMousePointer,
  StepForward,
  StickyNote,
  Table2,
  Trash2,
  Waypoints,
} from 'lucide-react'
import { retryExecutionMutation } from '@/api/generated/@tanstack/react-query.gen'
import { strings } from '@/strings'
import { useActions, useShownExecution } from '../EditorActions'
import { isModule } from '../model/types'
import { type MenuPlace, useDesk } from '../store/desk'
import { useEditor } from '../store/editor'
import { duplicate, selectAll, useCommands } from './commands'

const ICON = { size: 15, 'aria-hidden': true } as const
const text = strings.editor.menu

/** What a right click, or a step's own button, offers there. */
export function CanvasMenu() {
  const menu = useDesk(state => state.menu)
  const showMenu = useDesk(state => state.showMenu)
  if (!menu) return null
  return (
    <Menu
      key={`${menu.x} ${menu.y}`}
      opened
      onChange={() => showMenu(null)}
      position="bottom-start"
      shadow="md"
      width={230}
      menuItemTabIndex={0}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          aria-label={text.ofCanvas}
          style={{
            position: 'fixed',
            left: menu.x,
            top: menu.y,
            width: 1,
            height: 1,
            padding: 0,
            border: 0,
            opacity: 0,
          }}
        />
      </Menu.Target>
      <Menu.Dropdown>{menu.nodeId ? <OfNode nodeId={menu.nodeId} /> : <OfCanvas place={menu} />}</Menu.Dropdown>
    </Menu>
  )
}

function OfNode({ nodeId }: { nodeId: string }) {
  const node = useEditor(state => state.nodes.find(each => each.id === nodeId))
  const chosen = useEditor(state => state.nodes.filter(each => each.selected).length)
  const { remove } = useCommands()
  if (!node) return null
  const ids = () =>
    useEditor
      .getState()
      .nodes.filter(each => each.selected)
      .map(each => each.id)
  return (
    <>
      {isModule(node) && chosen < 2 && <OfStep nodeId={nodeId} />}
      <Menu.Item leftSection={<CopyPlus {...ICON} />} rightSection={<Keys>Ctrl D</Keys>} onClick={duplicate}>
        {strings.actions.duplicate}
      </Menu.Item>
      <Menu.Item
        color="red"
        leftSection={<Trash2 {...ICON} />}
        rightSection={<Keys>Del</Keys>}
        onClick={() => void remove(ids())}
      >
        {chosen > 1 ? text.deleteAll(chosen) : strings.actions.delete}
      </Menu.Item>
    </>
  )
}

function OfStep({ nodeId }: { nodeId: string }) {
  const { refusal, run } = useActions()
  const { execution, refetch } = useShownExecution()
  const showDock = useDesk(state => state.showDock)
  const again = useMutation({
    ...retryExecutionMutation(),
    onSuccess: () => {
      refetch()
      showDock('run')
    },
  })
  const isOfRun = execution?.nodes.some(node => node.node_id === nodeId) ?? false
  const canGoOn = isOfRun && execution?.triggered_at != null && execution.completed_at !== null
  return (
    <>
      <Menu.Item leftSection={<Table2 {...ICON} />} rightSection={<Keys>P</Keys>} onClick={() => showDock('preview')}>
        {text.preview}
      </Menu.Item>
      <Menu.Item
        leftSection={<Cable {...ICON} />}
        rightSection={<Keys>C</Keys>}
        onClick={() => useDesk.getState().connectFrom(nodeId)}
      >
        {strings.editor.connect.open}
      </Menu.Item>
      <Menu.Item
        leftSection={<Waypoints {...ICON} />}
        rightSection={<Keys>T</Keys>}
        onClick={() => showDock('lineage')}
      >
        {strings.editor.lineage.open}
      </Menu.Item>
      <Menu.Item leftSection={<ScrollText {...ICON} />} disabled={!isOfRun} onClick={() => showDock('run')}>
        {text.log}
      </Menu.Item>
      <Menu.Item
        leftSection={<Play {...ICON} />}
        disabled={refusal !== null}
        title={refusal ?? undefined}
        onClick={() => run(nodeId)}
      >
        {text.runTo}
      </Menu.Item>
      <Menu.Item
        leftSection={<StepForward {...ICON} />}
        disabled={!canGoOn || refusal !== null}
        title={refusal ?? (canGoOn ? text.runFromHint : text.runFromNone)}
        onClick={() => execution && again.mutate({ path: { execution_id: execution.id }, body: { from_node: nodeId } })}
      >
        {text.runFrom}
      </Menu.Item>
      <Menu.Divider />
    </>
  )
}

function OfCanvas({ place }: { place: MenuPlace }) {
  const { layOut, addNote, showAll } = useCommands()
  return (
    <>
      <Menu.Item leftSection={<StickyNote {...ICON} />} onClick={() => addNote(place)}>
        {text.note}
      </Menu.Item>
      <Menu.Item leftSection={<ChartNetwork {...ICON} />} onClick={() => void layOut()}>
        {strings.editor.tools.layout}
      </Menu.Item>
      <Menu.Item
        leftSection={<SquareDashedMousePointer {...ICON} />}
        rightSection={<Keys>Ctrl A</Keys>}
        onClick={selectAll}
      >
        {text.selectAll}
      </Menu.Item>
      <Menu.Item leftSection={<Maximize {...ICON} />} onClick={() => void showAll()}>
        {text.fit}
      </Menu.Item>
    </>
  )
}

function Keys({ children }: { children: string }) {
  return <small style={{ color: 'var(--mantine-color-dimmed)' }}>{children}</small>
}
