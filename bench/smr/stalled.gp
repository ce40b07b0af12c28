# SPDX-License-Identifier: MIT
#
# bench/smr/stalled.gp - what is pending, and what is resident, while a thread is stopped in a section.
#
#     gnuplot -e "from='stalled.csv'; to='stalled'" bench/smr/stalled.gp          writes stalled.svg and stalled.png
#
# A scheme that holds back little is a line at the bottom of both; one that holds back everything is the diagonal.
set datafile separator ','
set datafile missing 'NaN'
schemes = 'loft_ebr loft_qsbr loft_ibr loft_debra loft_hp loft_hyaline loft_leak'
colours = '#d62728 #ff7f0e #1f77b4 #2ca02c #9467bd #17becf #7f7f7f'
set style data lines
set grid
set key outside right top noenhanced
set xlabel 'million nodes retired since the thread stopped'
width(i) = i == 1 ? 7 : i == 2 ? 4 : 2        # those on the diagonal lie upon each other
x(s) = strcol(1) eq s ? column(3) / 1e6 : NaN
w(i) = word(schemes, i)
some(n) = n < 1 ? 1 : n                           # there is no zero on a logarithmic axis
draw = "set multiplot layout 1,2; set logscale y; set title 'nodes pending'; set ylabel 'nodes'; \
set format y '10^{%L}'; plot for [i=1:words(schemes)] from using (x(w(i))):(some(column(4))) \
title w(i) linewidth width(i) linecolor rgb word(colours, i); unset logscale y; set title 'resident memory'; \
set ylabel 'MB'; set format y '%g'; plot for [i=1:words(schemes)] from using (x(w(i))):(column(5) / 1e6) \
title w(i) linewidth width(i) linecolor rgb word(colours, i); unset multiplot"
set terminal svg size 1400,560 background 'white'
set output to.'.svg'
@draw
if (strstrt(GPVAL_TERMINALS, 'pngcairo')) set terminal pngcairo size 1400,560; else set terminal png size 1400,560
set output to.'.png'
@draw
