# Has BIRD announce anycast4 while /run/nodes/partner/health/command succeeds.
cd /run/nodes/partner/health
good=0
bad=0
state=
become() {
  [ "$state" = "$1" ] || { echo "$(date +%T) $1 after $2"; head -n 3 output; }
  state=$1
  echo "$state" >state
}
while :; do
  if (cd .. && timeout 0.5 sh health/command) >output 2>&1 </dev/null; then
    good=$((good + 1)) bad=0
    [ $good -lt 1 ] || become announced "$good good runs"
  else
    bad=$((bad + 1)) good=0
    [ $bad -lt 3 ] || become withdrawn "$bad failed runs"
  fi
  # Each time anew: BIRD forgets it when it is restarted or gets another configuration.
  case $state in
    announced) action=enable ;;
    withdrawn) action=disable ;;
    *) action= ;;
  esac
  for protocol in ${action:+anycast4}; do birdc -s ../bird.ctl "$action" "$protocol" >/dev/null 2>&1; done
  sleep 1
done
