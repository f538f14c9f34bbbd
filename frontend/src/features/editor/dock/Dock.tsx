import { ActionIcon, Group, Tabs } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { Activity, ChartColumn, Table2, Waypoints, X } from 'lucide-react'
import type { KeyboardEvent, PointerEvent } from 'react'
import { strings } from '@/strings'
import { useActions } from '../EditorActions'
import { type DockTab, useDesk } from '../store/desk'
import classes from './Dock.module.css'
import { HistoryPanel } from './HistoryPanel'
import { LineagePanel } from './LineagePanel'
import { PreviewPanel } from './PreviewPanel'
import { RunPanel } from './RunPanel'

const text = strings.editor.dock
const ICON = { size: 15, 'aria-hidden': true } as const
const [LEAST, USUAL, STEP] = [140, 300, 40]

/** The panel under the canvas: rows of a node, the shown run, earlier runs, the way of a column. */
export function Dock() {
  const dock = useDesk(state => state.dock)
  const showDock = useDesk(state => state.showDock)
  const { pipelineId } = useActions()
  const [height, setHeight] = useLocalStorage({
    key: 'logidata-dock',
    defaultValue: USUAL,
    getInitialValueInEffect: false,
  })
  return (
    <section
      className={classes.dock}
      style={dock ? { height: `min(${height}px, 70%)` } : undefined}
      aria-label={text.label}
    >
      {dock && <Grip height={height} onHeight={setHeight} />}
      <Tabs
        className={classes.tabs}
        value={dock}
        onChange={tab => showDock(tab as DockTab)}
        activateTabWithKeyboard={false}
        keepMounted={false}
      >
        <Group gap={0} wrap="nowrap" className={classes.bar}>
          <Tabs.List className={classes.list}>
            <Tabs.Tab value="preview" leftSection={<Table2 {...ICON} />}>
              {text.preview}
            </Tabs.Tab>
            <Tabs.Tab value="run" leftSection={<Activity {...ICON} />}>
              {text.run}
            </Tabs.Tab>
            <Tabs.Tab value="history" leftSection={<ChartColumn {...ICON} />} disabled={!pipelineId}>
              {text.history}
            </Tabs.Tab>
            <Tabs.Tab value="lineage" leftSection={<Waypoints {...ICON} />}>
              {text.lineage}
            </Tabs.Tab>
          </Tabs.List>
          {dock && (
            <ActionIcon
              variant="subtle"
              color="gray"
              ml="auto"
              mr={8}
              aria-label={text.close}
              onClick={() => showDock(null)}
            >
              <X size={16} />
            </ActionIcon>
          )}
        </Group>
        <Tabs.Panel value="preview" className={classes.panel}>
          <PreviewPanel />
        </Tabs.Panel>
        <Tabs.Panel value="run" className={classes.panel}>
          <RunPanel />
        </Tabs.Panel>
        <Tabs.Panel value="history" className={classes.panel}>
          {pipelineId && <HistoryPanel pipelineId={pipelineId} />}
        </Tabs.Panel>
        <Tabs.Panel value="lineage" className={classes.panel}>
          <LineagePanel pipelineId={pipelineId} />
        </Tabs.Panel>
      </Tabs>
    </section>
  )
}

/** The upper border, which is drawn up and down by mouse, finger or arrow keys. */
function Grip({ height, onHeight }: { height: number; onHeight: (height: number) => void }) {
  const within = (wanted: number) => onHeight(Math.round(Math.max(LEAST, Math.min(wanted, window.innerHeight * 0.7))))
  const drag = (event: PointerEvent<HTMLHRElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const bottom = event.currentTarget.parentElement?.getBoundingClientRect().bottom ?? window.innerHeight
    within(bottom - event.clientY)
  }
  const press = ({ key }: KeyboardEvent) => {
    if (key === 'ArrowUp') within(height + STEP)
    if (key === 'ArrowDown') within(height - STEP)
  }
  return (
    <hr
      className={classes.grip}
      tabIndex={0}
      aria-label={text.resize}
      aria-orientation="horizontal"
      aria-valuenow={height}
      aria-valuemin={LEAST}
      aria-valuemax={Math.round(window.innerHeight * 0.7)}
      onPointerDown={event => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={press}
    />
  )
}
