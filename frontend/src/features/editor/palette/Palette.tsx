import { ActionIcon, Group, ScrollArea, Stack, Text, TextInput, Tooltip, UnstyledButton } from '@mantine/core'
import { PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react'
import { type KeyboardEvent, memo, useEffect, useRef, useState } from 'react'
import type { ModuleOut } from '@/api/generated'
import { ModuleIcon } from '@/components/ModuleIcon'
import { strings } from '@/strings'
import { useModules } from '../api/modules'
import { useDesk } from '../store/desk'
import classes from './Palette.module.css'
import { firstIn, foundIn, TYPES } from './search'
import { usePalette } from './usePalette'

const text = strings.editor
export const DRAGGED = 'application/logidata-module'

type Props = { onAdd: (module: ModuleOut) => void }

/** The modules to draw with, which can be folded away where the canvas needs the width. */
export const Palette = memo(function Palette({ onAdd }: Props) {
  const { isOpen, toggle } = usePalette()
  if (isOpen) return <Open onAdd={onAdd} onClose={toggle} />
  return (
    <aside className={classes.folded} aria-label={text.palette}>
      <Fold isOpen={false} onClick={toggle} />
    </aside>
  )
})

/** Click, press Enter, or drag one onto the canvas. */
function Open({ onAdd, onClose }: Props & { onClose: () => void }) {
  const [search, setSearch] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const isWanted = useDesk(state => state.open.palette ?? false)
  useEffect(() => {
    if (!isWanted) return
    field.current?.focus()
    useDesk.getState().toggle('palette', false)
  }, [isWanted])
  const groups = foundIn([...useModules().values()], search)
  const first = firstIn(groups, search)
  const step = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    const places = [field.current, ...(panel.current?.querySelectorAll<HTMLElement>('[draggable]') ?? [])]
    places[places.indexOf(document.activeElement as HTMLElement) + by]?.focus()
  }
  return (
    <Stack
      ref={panel}
      className={classes.palette}
      gap="xs"
      component="aside"
      aria-label={text.palette}
      onKeyDown={step}
    >
      <Group gap={4} wrap="nowrap">
        <TextInput
          ref={field}
          flex={1}
          placeholder={text.searchModules}
          aria-label={text.searchModules}
          leftSection={<Search size={15} />}
          value={search}
          onChange={event => setSearch(event.currentTarget.value)}
          onKeyDown={event => {
            if (event.key === 'Enter' && search.trim() !== '' && first) onAdd(first)
          }}
        />
        <Fold isOpen onClick={onClose} />
      </Group>
      <ScrollArea flex={1} type="hover">
        {TYPES.filter(type => groups[type].length > 0).map(type => (
          <Stack key={type} gap={2} mb="md" role="group" aria-label={text.types[type]}>
            <Text size="xs" fw={600} c="dimmed" px={6} tt="uppercase" aria-hidden>
              {text.types[type]}
            </Text>
            {groups[type].map(module => (
              <UnstyledButton
                key={module.id}
                className={classes.module}
                title={module.description}
                draggable
                onDragStart={event => event.dataTransfer.setData(DRAGGED, module.name)}
                onClick={() => onAdd(module)}
                style={{ '--module-color': module.color } as React.CSSProperties}
              >
                <ModuleIcon name={module.icon} size={16} />
                {module.display_name}
              </UnstyledButton>
            ))}
          </Stack>
        ))}
        {!first && (
          <Text c="dimmed" size="sm" p="sm">
            {text.noModule}
          </Text>
        )}
      </ScrollArea>
    </Stack>
  )
}

function Fold({ isOpen, onClick }: { isOpen: boolean; onClick: () => void }) {
  const label = isOpen ? text.foldPalette : text.openPalette
  const Icon = isOpen ? PanelLeftClose : PanelLeftOpen
  return (
    <Tooltip label={label} position="right">
      <ActionIcon variant="subtle" color="gray" aria-label={label} aria-expanded={isOpen} onClick={onClick}>
        <Icon size={16} />
      </ActionIcon>
    </Tooltip>
  )
}
