import { Loader, Menu, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { type SuggestionOut, suggestNext } from '@/api/generated'
import { messageOf } from '@/api/problem'
import { ModuleIcon } from '@/components/ModuleIcon'
import { strings } from '@/strings'
import { useModules } from '../api/modules'
import { useCommands } from '../canvas/commands'
import { useActions } from '../EditorActions'
import { type Input, placed, question } from '../model/suggestions'
import { type SuggestPlace, useDesk } from '../store/desk'
import { useEditor } from '../store/editor'
import classes from './SuggestMenu.module.css'

const text = strings.assist

/** What could come after a step, or first of all, where somebody asked for it. */
export function SuggestMenu() {
  const place = useDesk(state => state.suggesting)
  const suggestAt = useDesk(state => state.suggestAt)
  if (!place) return null
  return (
    <Menu
      key={`${place.x} ${place.y} ${place.nodeId} ${place.handle}`}
      opened
      onChange={() => suggestAt(null)}
      position="bottom-start"
      shadow="md"
      width={340}
      // Not by keys, as menus are: the one that opened it is still on its way.
      clickOutsideEvents={['mousedown', 'touchstart']}
      // The list scrolls: its items are reached by Tab, too.
      menuItemTabIndex={0}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          aria-label={titleOf(place)}
          className={classes.anchor}
          style={{ left: place.x, top: place.y }}
        />
      </Menu.Target>
      <Menu.Dropdown className={classes.dropdown} aria-label={titleOf(place)}>
        <Ideas place={place} />
      </Menu.Dropdown>
    </Menu>
  )
}

function Ideas({ place }: { place: SuggestPlace }) {
  const modules = useModules()
  const { refusal } = useActions()
  const { showAdded } = useCommands()
  // As the drawing was when it was asked about.
  const [body] = useState(() => asked(place))
  const { data, error } = useQuery({
    queryKey: ['suggestions', body],
    queryFn: async ({ signal }) => (await suggestNext({ body, signal })).data,
    enabled: refusal === null,
    gcTime: 0,
    retry: false,
  })
  const choose = (suggestion: SuggestionOut) => {
    const module = modules.get(suggestion.module_id)
    const { nodes, insert } = useEditor.getState()
    if (!module) return
    insert(placed(suggestion, module, { nodes }, fedBy(place)))
    showAdded()
  }
  const first = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (data) first.current?.focus()
  }, [data])
  if (refusal || error) return <Line>{refusal ?? messageOf(error)}</Line>
  if (!data)
    return (
      <Line>
        <Loader size={12} mr={8} aria-hidden />
        {text.loading}
      </Line>
    )
  return (
    <>
      <Menu.Label>{titleOf(place)}</Menu.Label>
      {!data.columns_known && !place.handle && <Line>{text.columnsUnknown}</Line>}
      {data.suggestions.map((suggestion, position) => (
        <Menu.Item
          ref={position === 0 ? first : undefined}
          key={`${suggestion.module_id} ${JSON.stringify([suggestion.config, suggestion.inputs])}`}
          leftSection={<ModuleIcon name={modules.get(suggestion.module_id)?.icon} size={16} />}
          onClick={() => choose(suggestion)}
        >
          <span className={classes.title}>{suggestion.title}</span>
          <span className={classes.reason}>{suggestion.reason}</span>
        </Menu.Item>
      ))}
      {data.suggestions.length === 0 && <Line>{place.nodeId && !place.handle ? text.none : text.noSource}</Line>}
    </>
  )
}

function asked({ nodeId, handle }: SuggestPlace) {
  const editor = useEditor.getState()
  return question(editor, nodeId, editor.verdict.schemas, handle)
}

function fedBy({ nodeId, handle }: SuggestPlace): Input | null {
  return nodeId !== null && handle !== undefined ? { nodeId, handle } : null
}

function titleOf({ nodeId, handle }: SuggestPlace): string {
  if (nodeId === null) return text.first
  return handle === undefined ? text.title : text.feedTitle
}

function Line({ children }: { children: React.ReactNode }) {
  return (
    <Text size="sm" c="dimmed" px="sm" py={6} role="status">
      {children}
    </Text>
  )
}
