# bash completion for cma-stress: asks `cma-stress complete`, which knows the command line.
_cma_stress() {
  local answer line directive=''
  answer=$(COMP_WORDBREAKS=$COMP_WORDBREAKS cma-stress complete bash -- "$COMP_LINE" "$COMP_POINT" 2>/dev/null) || return
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $directive ]]; then directive=$line; else COMPREPLY+=("$line"); fi
  done <<<"$answer"
  case $directive in
    *nospace) compopt -o nospace 2>/dev/null ;;
    files)
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$2")
      ;;
    directories)
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$2")
      ;;
  esac
}
complete -F _cma_stress cma-stress
